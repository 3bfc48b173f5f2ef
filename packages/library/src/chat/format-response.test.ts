import { describe, expect, it } from "vitest";
import { answerText, formatResponse, shortened } from "./format-response.js";

const markdown = `# Title

Some *emphasis*, \`code\` and a [link](https://example.org).

- one
- two
  1. inner
  2. other

\`\`\`sh
ls   -l
\`\`\`
`;

describe("formatResponse", () => {
  it("markdown: lines and blank lines are put in order, an open code block is closed", async () => {
    expect(await formatResponse("a  \r\n\n\n\nb\n", "markdown")).toBe("a\n\nb");
    expect(await formatResponse("```js\nlet a;", "markdown")).toBe("```js\nlet a;\n```");
  });

  it("text: marks are taken off, lists and links stay readable", async () => {
    expect(await formatResponse(markdown, "text")).toBe(
      "Title\n\nSome emphasis, code and a link (https://example.org).\n\n- one\n- two\n  1. inner\n  2. other\n\nls   -l",
    );
  });

  it("html: markup, scripts and pictures of the answer are shown, never obeyed", async () => {
    const hostile =
      "<script>alert(1)</script> [x](javascript:alert(1)) ![p](http://evil.example/?secret) <img src=x onerror=1>";
    const html = await formatResponse(hostile, "html");
    expect(html).not.toMatch(/<script|<img|href="javascript/i);
    expect(html).toContain("&lt;script&gt;");
  });
});

describe("answerText", () => {
  it("text, an object with text, or JSON", () => {
    expect(answerText("plain")).toBe("plain");
    expect(answerText({ text: "inside", model: "m" })).toBe("inside");
    expect(answerText([1])).toBe("[\n  1\n]");
  });
});

describe("shortened", () => {
  it("ends after a sentence where one ends late enough, else after a word", () => {
    expect(shortened("One two three. Four five six seven", 20)).toBe("One two three. ...");
    expect(shortened("One. Two three four five six seven", 20)).toBe("One. Two three ...");
    expect(shortened("short", 20)).toBe("short");
  });

  it("never cuts a character in two", () => {
    expect(shortened("😀".repeat(20), 21)).toBe(`${"😀".repeat(8)} ...`);
  });
});
