"""What the product knows. Domains lean on `kalit.kit`; the kit leans on nothing of ours."""
