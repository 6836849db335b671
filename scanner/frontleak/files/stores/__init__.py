"""Object stores and web servers, read as folders are: `s3://`, `gs://`, `az://`, `https://`, `memory://`."""
