"""Two-way sync between QuickBooks Online and Loupe Factory: the domain, free of Airflow."""
