"""What Airflow needs to run the sync: connection type, hook, operators, DAGs and pages."""
