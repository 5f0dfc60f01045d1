"""The words of every room: documents, money, time, faults and the switches of disputed behaviour."""
