"""Pictures in, faces and decisions out: decode, detect, align, embed, match."""
