/** What a document of class ChatWorkflow starts from: one turn of a conversation. */
export const chatDocument = `name: chat
description: One turn of a conversation
execution_strategy: event_driven
completion: outputs
input_data_units:
  message: { class: DataUnitString, config: { schema: { type: string, minLength: 1 } } }
  history: { class: ConversationHistoryUnit, config: { default: [] } }
data_units:
  tokens: { class: DataUnitStream }
output_data_units:
  response: { class: DataUnitString }
steps:
  process:
    class: AgentProcessingStep
    config: { agent: { class: ConversationalAgent, config: {} } }
  format: { class: ResponseFormattingStep }
links:
  message_to_process: { class: DirectLink, config: { source: message, target: process.message } }
  history_to_process: { class: DirectLink, config: { source: history, target: process.history } }
  process_to_tokens: { class: DirectLink, config: { source: process.stream, target: tokens } }
  process_to_format: { class: DirectLink, config: { source: process.answer, target: format.answer } }
  format_to_response: { class: DirectLink, config: { source: format.response, target: response } }
`;
