"""What should happen to a row: data in, a decision out.

`batch` reads once what a batch rests on (`facts`) and decides row by row (`row`, `create`, `change`, `item`); `plan`
turns the staged decisions into outcomes and writes. The database is read by `batch`, `facts`, `plan_facts`,
`opening_stock` and `missing_in_loupe` alone, and written by none.
"""
