"""The packaged client over a real socket, against Prism on our contract and on the vendor's file."""
