// One process of the crash rig. Fails with the error's code in its last line.
import { drive } from "./drive.mjs";

const [folder, document, mode, killAt, planted] = process.argv.slice(2);
try {
  await drive({ folder, document, mode, killAt: Number(killAt), planted });
} catch (error) {
  process.stderr.write(`${error.stack}\nended with ${error.code}\n`);
  process.exitCode = 1;
}
