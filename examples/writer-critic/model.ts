type Answer = { readonly role: string; readonly about: string; readonly says: string | number };
type Prompt = { readonly draft: string; readonly answers: readonly Answer[] };
type Context = { effect(name: string, ask: () => string | number): Promise<string | number> };

/** A model that says what is written down for a text. What it said is recorded: after a crash it is not asked again. */
function ask(role: string, { draft, answers }: Prompt, context: Context): Promise<string | number> {
  return context.effect(role, () => {
    const found = answers.find((answer) => answer.role === role && answer.about === draft);
    if (found === undefined) throw new RangeError(`The ${role} has nothing to say about "${draft}"`);
    return found.says;
  });
}

export function criticize(prompt: Prompt, context: Context): Promise<string | number> {
  return ask("critic", prompt, context);
}

export function write(prompt: Prompt & { readonly remark: string }, context: Context): Promise<string | number> {
  return ask("writer", { ...prompt, draft: `${prompt.draft} (${prompt.remark})` }, context);
}

export function judge(prompt: Prompt, context: Context): Promise<string | number> {
  return ask("judge", prompt, context);
}
