"""Everything that changes a company: API writes, what a person does on QuickBooks' own pages, and opening one."""
