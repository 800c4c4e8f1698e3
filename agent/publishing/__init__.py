"""Make reports, freeze them and mail them."""
