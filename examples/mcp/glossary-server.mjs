// A server of tools as small as one can be: it speaks the Model Context Protocol over its standard input and output, one JSON
// message a line, and knows some words of virology. No package is needed for it.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const glossary = JSON.parse(readFileSync(new URL("./glossary.json", import.meta.url), "utf8"));

const tools = [
  {
    name: "define",
    description: "What a word of virology means",
    inputSchema: {
      type: "object",
      properties: { word: { type: "string" } },
      required: ["word"],
      additionalProperties: false,
    },
  },
  {
    name: "words",
    description: "Which words there are",
    inputSchema: { type: "object", properties: {}, additionalProperties: false },
  },
];

const text = (value) => ({ content: [{ type: "text", text: value }] });

function called({ name, arguments: given }) {
  if (name === "words") return text(Object.keys(glossary).join(", "));
  const meaning = glossary[String(given?.word).toLowerCase()];
  return meaning === undefined ? { ...text(`There is no entry for ${given?.word}`), isError: true } : text(meaning);
}

function answered(method, params) {
  if (method === "initialize")
    return {
      protocolVersion: params.protocolVersion,
      capabilities: { tools: {} },
      serverInfo: { name: "glossary", version: "1" },
    };
  if (method === "tools/list") return { tools };
  if (method === "tools/call") return called(params);
  return {};
}

createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id !== undefined) console.log(JSON.stringify({ jsonrpc: "2.0", id, result: answered(method, params) }));
});
