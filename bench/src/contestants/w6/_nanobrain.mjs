import { writeFileSync } from "node:fs";

/** A chain of five steps in `w.yml`; the first is called `first`, which is how the progress on stderr shows it. */
export function document(dir, name, rest, port = "text") {
  const step = (at) => {
    const after = at === 1 ? "" : `, depends_on: [${at === 2 ? "first" : `s${at - 1}`}]`;
    return `  ${at === 1 ? "first" : `s${at}`}: { class: ${name}, ${rest}, cache: off${after} }`;
  };
  const outputs = "output_data_units:\n  text: { class: DataUnitString }\n";
  const links = `links:\n  text: { class: DirectLink, config: { source: s5.${port}, target: text } }\n`;
  writeFileSync(`${dir}/w.yml`, `name: cold\n${outputs}steps:\n${[1, 2, 3, 4, 5].map(step).join("\n")}\n${links}`);
}
