import type { CST } from "yaml";

type Item = CST.CollectionItem;
type Collection = CST.BlockMap | CST.BlockSequence | CST.FlowCollection;

/**
 * Gives back the room that the parser's arrays keep for growing, which is more than half of what a large file takes, while
 * the file is being read: call it now and then. Items that the parser is done with are visited once.
 */
export function compactTokens(stack: readonly CST.Token[], done: WeakMap<CST.Token, number>): void {
  for (const token of stack) {
    if (isCollection(token)) compactItems(token, token.items.length - 1, done);
  }
}

function compactItems(collection: Collection, end: number, done: WeakMap<CST.Token, number>): void {
  const start = done.get(collection) ?? 0;
  for (let i = start; i < end; i++) compactItem(collection.items[i] as Item, done);
  if (end > start) done.set(collection, end);
}

function compactItem(item: Item, done: WeakMap<CST.Token, number>): void {
  item.start = item.start.slice();
  if (item.sep !== undefined) item.sep = item.sep.slice();
  for (const token of [item.key, item.value]) {
    if (token === undefined || token === null) continue;
    if (isCollection(token)) compactItems(token, token.items.length, done);
    if ("end" in token && token.end !== undefined) token.end = token.end.slice();
  }
}

function isCollection(token: CST.Token): token is Collection {
  return token.type === "block-map" || token.type === "block-seq" || token.type === "flow-collection";
}
