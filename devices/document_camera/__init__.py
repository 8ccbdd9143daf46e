"""The camera that looks down at a sheet (高拍仪): finding the page, straightening and judging it."""
