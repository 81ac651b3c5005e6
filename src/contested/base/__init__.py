"""What every stage stands on: errors, places, times, tables, engine, case, decisions."""
