"""What the bureau knows: the policies, how a firm is judged, how a sheet is read. No web, no database, no clock."""
