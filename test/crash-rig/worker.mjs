// A process that does one task after the other, as told by its parent: what nobody kills need not be started anew each time.
import { askAll } from "./ask.mjs";
import { drive } from "./drive.mjs";

process.on("message", async (task) => {
  try {
    if (task.mode === "ask") process.send({ end: JSON.stringify(await askAll(task.folder)) });
    else {
      await drive(task);
      process.send({ end: "0" });
    }
  } catch (error) {
    process.send({ end: `1 ${error.stack}\nended with ${error.code}` });
  }
});
process.on("disconnect", () => process.exit());
