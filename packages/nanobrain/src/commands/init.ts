import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { nanobrainError } from "@nanobrain/engine";
import { type Call, operand, text } from "../call.js";
import { templates } from "../templates/templates.js";

/** Puts a workflow that runs into a folder. Nothing that is there is written over. */
export async function main(call: Call): Promise<number> {
  const { out, err, folder } = call.terminal;
  const name = text(call, "template") ?? "hello";
  const template = Object.hasOwn(templates, name) ? templates[name] : undefined;
  if (template === undefined) {
    throw nanobrainError("E_USAGE", {
      problem: `Cannot use --template ${name}: one of ${Object.keys(templates).join(", ")} is expected`,
    });
  }
  const target = resolve(folder, operand(call, 0));
  const taken = Object.keys(template.files).filter((file) => existsSync(join(target, file)));
  if (taken.length > 0)
    throw nanobrainError("E_USAGE", { problem: `Cannot write into ${target}: ${taken.join(", ")} exists already` });
  for (const [file, content] of Object.entries(template.files)) {
    const path = join(target, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content, { flag: "wx" });
    out.line(relative(folder, path));
  }
  const document = relative(folder, join(target, template.run[0]));
  err.line(
    `${template.summary}\ntry: nanobrain run ${document}${template.run
      .slice(1)
      .map((one) => ` ${one}`)
      .join("")}`,
  );
  if (template.talks) err.line(`talk: nanobrain chat ${document}`);
  return 0;
}
