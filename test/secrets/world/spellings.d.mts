export function spellingsOf(value: string): { readonly [way: string]: string };
export function across(value: string, bound: number): string;
