"""Everything that changes a company: the API's writes, Intuit's own pages, and opening a new company."""
