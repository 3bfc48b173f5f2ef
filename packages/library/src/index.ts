export type { ChatPiece } from "./chat/chat-pieces.js";
export {
  type ChatOptions,
  type ChatReply,
  type ChatTurn,
  ChatWorkflow,
  type MessagePolicy,
} from "./chat/chat-workflow.js";
export type { Exchange, ExchangeState } from "./chat/exchange.js";
export type { FoundTurn, Turn, Window } from "./chat/turns.js";
export { type McpServing, serveMcp } from "./mcp/serve/serve-mcp.js";
export { pack } from "./pack.js";
