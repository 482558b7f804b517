"""What a deployment costs a month, or did until now: quantities times the prices of AWS."""
