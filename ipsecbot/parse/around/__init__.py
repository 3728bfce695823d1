"""What stands around a tunnel in any text of a device, whatever was asked: routes, translation, filters, forwarding, pings."""
