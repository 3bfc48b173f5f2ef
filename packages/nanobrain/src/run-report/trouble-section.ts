import { type FailureFact, failureFacts, openAsks } from "@nanobrain/engine/observe";
import { collapsed, esc, section } from "./html.js";
import type { RunFacts } from "./run-facts.js";

/** Cards that stand open. */
const openCards = 10;
const mostCards = 200;
const messageLength = 2_000;
type Failure = FailureFact["failure"];

/** What failed, what is asked of a person, and warnings. */
export function troubleSection(facts: RunFacts): string {
  const failures = failureFacts(facts.plan, facts.events).map(failureCard);
  const asks = ["running", "pending", "waiting"].includes(facts.summary.status)
    ? openAsks(facts.plan, facts.events)
    : [];
  const questions = asks.map(
    (one) =>
      `<div class="card ask"><h3><code>${esc(one.step)}</code> waits for an answer</h3><p>${esc(one.question ?? "")}</p></div>`,
  );
  const warnings = facts.summary.warnings.map(
    ({ code, message }) =>
      `<div class="card warning"><p><code>${esc(code)}</code> ${esc(message.slice(0, messageLength))}</p></div>`,
  );
  return [
    section("failures", "Failures", bounded(failures, "failures")),
    section("questions", "Questions", bounded(questions, "questions")),
    section("warnings", "Warnings", bounded(warnings, "warnings")),
  ]
    .filter((one) => one !== "")
    .join("\n");
}

function bounded(cards: readonly string[], what: string): string {
  const hidden = cards.slice(openCards, mostCards);
  const left = cards.length > mostCards ? `<p class="sub">${cards.length - mostCards} more are not listed.</p>` : "";
  return [
    ...cards.slice(0, openCards),
    hidden.length === 0 ? "" : collapsed(`${hidden.length} more ${what}`, hidden.join("\n")),
    left,
  ]
    .filter((one) => one !== "")
    .join("\n");
}

function failureCard({ step, failure, handling, place, attempts }: FailureFact): string {
  const chain: Failure[] = [];
  for (let one: Failure | undefined = failure; one !== undefined && chain.length < 8; one = one.cause) chain.push(one);
  const hint = chain.findLast((one) => one.hint !== undefined)?.hint;
  const tries =
    attempts.length > 1
      ? ` after ${attempts.length} attempts (${attempts.slice(0, 6).join(", ")}${attempts.length > 6 ? ", …" : ""})`
      : "";
  const told = handling === "tolerated" || handling === "continue" ? ", passed over" : "";
  const causes = chain.map(
    (one, depth) =>
      `<p${depth === 0 ? "" : ' class="because"'}>${depth === 0 ? "" : "because "}<code>${esc(one.code)}</code> ${esc(one.message.slice(0, messageLength))}</p>`,
  );
  const where = place === null ? "" : `<p class="because">declared in ${esc(place.file)}, line ${place.line}</p>`;
  return `<div class="card"><h3><code>${esc(step === "" ? "the run" : step)}</code> failed${esc(tries + told)}</h3>${causes.join("")}${hint === undefined ? "" : `<p class="hint">${esc(hint)}</p>`}${where}</div>`;
}
