export const reportDocs = `Makes a report: a template in Markdown with Liquid, filled in, then written as PDF, one HTML page, DOCX and Markdown.

**Inputs.** \`analysis_input\` is what the report is about: what \`format_for_report\` gives, what an AgentStep gives, or any value. All
other ports that links name are variables of the template by their name.

**Outputs.** \`report\`: the files by format. \`pdf\`, \`html\`, \`docx\`, \`markdown\`: each file that \`export_formats\` names. \`bibliography\`:
the references as BibTeX. \`charts\`: the charts as SVG.

**The template** knows \`title\`, \`summary\`, \`text\`, \`sections\` (\`heading\`, \`text\`), \`findings\` (\`text\`, \`sources\`), \`recommendations\`,
\`limitations\`, \`keywords\`, \`references\`, \`data\`, \`model\`, \`usage\`, \`notes\`, \`output\`, \`charts\` (\`name\`, \`caption\`), \`methods\`, \`authors\` and
\`date\`. All of them are always there: empty where nothing is known. Without a template a built-in one is used.

- \`[@key]\` and \`[@one; @two]\` cite references of the input or of the BibTeX file; a list of references is put at the end, or where a line
  says \`[references]\`. A line \`[contents]\` is the table of contents.
- \`![caption](chart:NAME)\` puts in a chart. Other pictures are not shown.
- \`[^1]\` and a line \`[^1]: text\` make a footnote.
- HTML in the template or in a value is shown as text. Links lead to http, https and mailto; others are text.

The same inputs give the same bytes at the same time of start. PDF uses fonts that come along (Latin, Greek, Cyrillic, signs of mathematics); for
others, such as Chinese, name a TrueType font under \`fonts\`.

\`\`\`yaml
report:
  class: ReportGenerationStep
  config:
    title: Films and their takings
    export_formats: [html, pdf]
    charts:
      - { type: bar, data: genres, x: genre, y: gross, unit: million $ }
    template: |
      # {{ title }}

      {{ genres.size }} genres were compared.

      ![Takings by genre](chart:chart-1)
  inputs: { genres: { from: by_genre.output } }
\`\`\`
`;
