/** Names that a Liquid template's tags hold: an input of such a name is where the author put it. */
export function namesIn(template: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [tag] of template.matchAll(/\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g))
    for (const [name] of tag.matchAll(/[A-Za-z_][\w-]*/g)) names.add(name);
  return names;
}
