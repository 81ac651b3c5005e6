"""The network: model, tasks, training, export."""
