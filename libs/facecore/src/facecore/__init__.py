"""Face recognition shared by both sides: models, pictures, faces, contract and client."""
