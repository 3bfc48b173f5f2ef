/** What a report looks like when the document names no template. */
export const defaultTemplate = `# {{ title }}

{% if summary != "" %}{{ summary }}

{% endif %}[contents]

{% if findings.size > 0 %}## Findings

{% for finding in findings %}- {{ finding.text }}{% for key in finding.sources %} [@{{ key }}]{% endfor %}
{% endfor %}
{% endif %}{% for section in sections %}## {{ section.heading }}

{{ section.text }}

{% endfor %}{% if recommendations.size > 0 %}## Recommendations

{% for one in recommendations %}- {{ one }}
{% endfor %}
{% endif %}{% if limitations.size > 0 or notes.size > 0 %}## Limitations

{% for one in limitations %}- {{ one }}
{% endfor %}{% for one in notes %}- {{ one }}
{% endfor %}
{% endif %}{% if charts.size > 0 %}## Figures

{% for chart in charts %}![{{ chart.caption }}](chart:{{ chart.name }})

{% endfor %}{% endif %}{% if methods != "" %}## Methods

{{ methods }}

{% endif %}{% if references.size > 0 %}## References

[references]
{% endif %}`;
