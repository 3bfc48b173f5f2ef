// A process that drives one run after the other, as told by its parent: what nobody kills need not be started anew each time.
import { drive } from "./drive.mjs";

process.on("message", async (task) => {
  try {
    await drive(task);
    process.send({ end: "0" });
  } catch (error) {
    process.send({ end: `1 ${error.stack}\nended with ${error.code}` });
  }
});
process.on("disconnect", () => process.exit());
