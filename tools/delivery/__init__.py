"""The finished package: stills, page, sheet, chart, timeline, animatic."""
