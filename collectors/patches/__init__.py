"""What one Debian or Ubuntu machine owes in security updates; `collect.py` looks, the other files understand."""
