"""One fold of bench/grid in PyTorch, for whatever hands out the folds: PyTorch is imported once per process, where it trains."""


def fit(path, configuration, fold, packed=False):
    """Trains one configuration on one fold (or "refit") and returns macro F1 on its validation (or test) rows."""
    import numpy as np
    import torch
    import torch_model
    from f1 import f1_macro
    from rows import read_rows, rows_of

    torch.set_num_threads(1)
    document = read_rows(path)
    data = rows_of(document, fold)
    train, validation = (torch_model.Rows(*data[side]) for side in ("train", "validation"))
    seed = document["seed"] + configuration["index"]
    torch.manual_seed(seed)
    order = np.random.default_rng(seed)
    model = torch_model.LSTM(
        data["vocabularySize"],
        configuration["embedding_dim"],
        configuration["units"],
        configuration["dropout"],
        packed,
    )
    optimizer = torch_model.adam(model, configuration["learning_rate"])
    batches = train.mixed if packed else train.shuffled
    for epoch in range(configuration["epochs"]):
        torch_model.train_epoch(model, optimizer, batches(configuration["batch_size"], order), accuracy=True)
        if fold != "refit" or epoch == configuration["epochs"] - 1:
            # Learning curves are part of the job; the refit has no validation rows, only test rows at its end.
            logits = torch_model.predict(model, validation)
            loss, accuracy = torch_model.scores(logits, validation.labels)
    return f1_macro(data["validation"][1], logits.numpy() > 0)
