"""What `manage.py bench` measures, and the floor it measures against."""
