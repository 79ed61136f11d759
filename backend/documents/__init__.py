"""Pages to take along, as files: what stands on them (:mod:`page`), and how it is drawn as Word (:mod:`word`) and PDF (:mod:`pdf`)."""
