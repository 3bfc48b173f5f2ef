import { type FakeModelServer, type FakeReply, startFakeModelServer } from "@nanobrain/library/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Workplace } from "./workplace.js";

const documentFor = ({ baseUrl }: FakeModelServer): string => `name: helper
class: ChatWorkflow
steps:
  process:
    config:
      agent: { class: ConversationalAgent, config: { model: openai/fake, base_url: "${baseUrl}", api_key: "\${secret:OPENAI_API_KEY}", system_prompt: "Be brief." } }
`;

const key = { OPENAI_API_KEY: "sk-canary-of-the-chat" };

let place: Workplace;
let server: FakeModelServer | undefined;
beforeEach(() => {
  place = new Workplace();
});
afterEach(async () => {
  place.close();
  await server?.close();
});

/** A conversation with a server that answers by the number of the call. */
async function chatWith(reply: (number: number) => FakeReply): Promise<FakeModelServer> {
  server = await startFakeModelServer(({ number }) => reply(number));
  place.write("chat.yml", documentFor(server));
  return server;
}

const saidTo = (server: FakeModelServer, call: number): readonly string[] =>
  ((server.calls[call]?.body["messages"] ?? []) as readonly { role: string; content: string }[])
    .filter(({ role }) => role !== "system")
    .map(({ role, content }) => `${role}: ${content}`);

describe("chat", () => {
  it("a message a line: answers on stdout, each knowing what was said before", async () => {
    const model = await chatWith((number) => ({ text: `answer ${number}` }));
    const ended = await place.start(["chat", "chat.yml"], key, "one\n\ntwo\n").ended;
    expect(ended).toMatchObject({ code: 0, out: "answer 1\nanswer 2\n" });
    const more = await place.start(["chat", "chat.yml", "-m", "three"], key).ended;
    expect(more).toMatchObject({ code: 0, out: "answer 3\n" });
    expect(saidTo(model, 2)).toEqual([
      "user: one",
      "assistant: answer 1",
      "user: two",
      "assistant: answer 2",
      "user: three",
    ]);
    const other = await place.start(["chat", "chat.yml", "--session", "other", "-m", "hello"], key).ended;
    expect(other.out).toBe("answer 4\n");
    expect(saidTo(model, 3)).toEqual(["user: hello"]);
  });

  it("cut off by kill -9 in the middle of an answer: the next chat goes on with it, and finished calls are not made again", async () => {
    const model = await chatWith((number) =>
      number === 2 ? { text: "half of it", hang: 3 } : { text: `answer ${number}` },
    );
    const running = place.start(["chat", "chat.yml", "--jsonl"], key, "one\ntwo\n");
    await expect
      .poll(async () => (await place.run("events", "main.2", "--jsonl")).out, { timeout: 60_000 })
      .toContain("attempt.emitted");
    running.child.kill("SIGKILL");
    await running.ended;
    const later = await place.start(["chat", "chat.yml", "-m", "three"], key).ended;
    expect(later).toMatchObject({ code: 0, out: "answer 3\nanswer 4\n" });
    expect(later.err).toContain("Going on with the answer to: two");
    expect(model.calls).toHaveLength(4);
    expect(saidTo(model, 3)).toEqual([
      "user: one",
      "assistant: answer 1",
      "user: two",
      "assistant: answer 3",
      "user: three",
    ]);
  });

  it("commands from a pipe: done in their place, and sent to no model; two slashes begin a message", async () => {
    const model = await chatWith((number) => ({ text: `answer ${number}` }));
    const ended = await place.start(
      ["chat", "chat.yml"],
      key,
      "one\n/history\n/serch x\n//etc is a folder\n/quit\nnever\n",
    ).ended;
    expect([ended.code, ended.out]).toEqual([0, "answer 1\nanswer 2\n"]);
    expect(ended.err).toContain("1 you  one");
    expect(ended.err).toMatch(/There is no \/serch.*search/);
    expect(saidTo(model, 1).at(-1)).toBe("user: /etc is a folder");
  });

  it("a turn that waits for a person: what follows is not sent, and says so", async () => {
    const model = await chatWith(() => ({ text: "draft" }));
    const steps = `  approve: { class: ApprovalStep, config: { question: Send it?, choices: [yes, no] }, inputs: { text: { from: process.answer } } }
links:
  process_to_format: { class: DirectLink, config: { source: approve.decision, target: format.answer } }
`;
    place.write("chat.yml", documentFor(model) + steps);
    const ended = await place.start(["chat", "chat.yml"], key, "one\ntwo\n").ended;
    expect([ended.code, model.calls.length]).toEqual([3, 1]);
    expect(ended.err).toContain("Not sent, as main.1 waits for a person");
    await place.run("answer", "main.1", "approve", "-d", "yes");
    const later = await place.start(["chat", "chat.yml", "-m", "two"], key).ended;
    expect(later.out.split("\n")[0]).toBe("yes");
  });

  it("files that an agent cannot read: a warning names them; texts are given as they are", async () => {
    const model = await chatWith(() => ({ text: "read" }));
    const unit = (name: string): string => `  ${name}: { class: DataUnitFile, optional: true }\n`;
    const inputs = "      inputs: { notes: { from: notes }, picture: { from: picture } }\n".slice(2);
    place.write("chat.yml", `${documentFor(model)}${inputs}input_data_units:\n${unit("notes")}${unit("picture")}`);
    place.write("notes.txt", "Cats sleep.");
    place.write("cat.png", "\u0000\u0001");
    await place.start(["chat", "chat.yml", "-m", "go", "-i", "notes=@notes.txt", "-i", "picture=@cat.png"], key).ended;
    expect(saidTo(model, 0).join("\n")).toContain("Cats sleep.");
    const { out } = await place.run("show", "main.1");
    expect(out.replaceAll(/\s+/g, " ")).toContain("The agent cannot read file cat.png: it is no text");
  });

  it("an answer that fails: says why and how to go on, exit 1", async () => {
    await chatWith(() => ({
      status: 401,
      body: JSON.stringify({ error: { message: "bad key sk-canary-of-the-chat" } }),
    }));
    const ended = await place.start(["chat", "chat.yml", "-m", "one"], key).ended;
    expect(ended.code).toBe(1);
    expect(ended.err).toContain("nanobrain resume main.1");
    expect(ended.err).not.toContain("sk-canary");
  });

  it("--jsonl: pieces with their positions, then the reply", async () => {
    await chatWith(() => ({ text: "one two three", chunks: 3 }));
    const { out } = await place.start(["chat", "chat.yml", "-m", "go", "--jsonl"], key).ended;
    const lines = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { text?: string; answer?: string });
    expect(
      lines
        .slice(0, -1)
        .map(({ text }) => text)
        .join(""),
    ).toBe("one two three");
    expect(lines.at(-1)).toMatchObject({ number: 1, state: "answered", answer: "one two three" });
  });

  it("NANOBRAIN_MODEL names the model of agents that name none, in processes too; without it the local model says what it is", async () => {
    place.write("plain.yml", "name: plain\nclass: ChatWorkflow\nexecutor: process\n");
    place.write("answers.yml", "answers: [{ text: as scripted }]\nrepeat: true\n");
    const local = await place.start(["chat", "plain.yml", "-m", "hello"]).ended;
    expect(local.out).toContain("local/extractive");
    const scripted = await place.start(["chat", "plain.yml", "-m", "hello"], {
      NANOBRAIN_MODEL: "scripted/answers.yml",
    }).ended;
    expect(scripted.out).toContain("as scripted");
  });

  it("what is no chat, and options that are none, are refused", async () => {
    place.write("count.yml", 'name: count\nsteps:\n  one: { class: TransformStep, config: { expression: "1" } }\n');
    const wrong = await place.run("chat", "count.yml", "-m", "hello");
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain("E_CHAT_DOCUMENT");
    await chatWith(() => ({ text: "never" }));
    expect((await place.run("chat", "chat.yml", "--policy", "later")).err.replace(/\s+/g, " ")).toContain(
      "enqueue, reject, interrupt, rollback",
    );
    expect(server?.calls).toHaveLength(0);
  });
});
