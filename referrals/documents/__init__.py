"""Papers for people, in plain French: data for typst sources, which hold the layout and no rule."""
