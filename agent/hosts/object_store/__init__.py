"""Ask an S3 store about its objects, reading only: which versions there are, and how long each is locked."""
