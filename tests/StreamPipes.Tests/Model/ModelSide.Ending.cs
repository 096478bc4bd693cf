namespace StreamPipes.Tests.Model;

internal sealed partial class ModelSide
{
    /// <summary>Whether what this side has sent may never get through, since the peer has stopped reading.</summary>
    private bool MayBeStuck => Peer._inputCompleted && _written > 0 && !Peer._sawEnd;

    /// <summary>Ends both sides in order, and expects every byte; or, after trouble, in any way that keeps the rules.</summary>
    public static async Task EndAsync(ModelSide client, ModelSide server, bool hasHalfClose)
    {
        if (client.IsAnyoneTroubled || client.MayBeStuck || server.MayBeStuck) await EndInTroubleAsync(client, server);
        else await EndInOrderAsync(client, server, hasHalfClose);
    }

    private static async Task EndInOrderAsync(ModelSide client, ModelSide server, bool hasHalfClose)
    {
        ModelSide[] both = [client, server];
        foreach (ModelSide side in both)
        {
            if (!await side.SettleFlushAsync()) await side.EndedFlushAsync();
        }

        foreach (ModelSide side in both) side.CompleteOutput();
        await Task.WhenAll(both.Select(side => side.ReadRestAsync(hasHalfClose || side.Peer._isDisposed)));
        foreach (ModelSide side in both) await (side._drain ?? Task.CompletedTask).Guarded();
        await Task.WhenAll(both.Select(side => side.Connection.DisposeAsync().Guarded()));
        foreach (ModelSide side in both)
        {
            await side.Connection.Completion.Guarded();
            side.Connection.CloseReason.Should().BeOneOf(CloseReason.LocalClose, CloseReason.RemoteClose);
            if (side._sawEnd) side.Connection.CloseReason.Should().Be(CloseReason.RemoteClose, "{0} has read the end", side);
            side.Connection.BytesSent.Should().Be(side._written);
        }
    }

    private async Task ReadRestAsync(bool expectsEnd)
    {
        if (_inputCompleted) return;

        // It may wait for more than will ever come.
        if (_read is not null) await CancelPendingReadAsync();
        while (expectsEnd ? !_sawEnd : _examined < Peer._written)
        {
            if (_read is null) BeginRead(minimum: 0);
            await NoteReadAsync(variant: 4);
        }

        _examined.Should().Be(Peer._written);
    }

    private static async Task EndInTroubleAsync(ModelSide client, ModelSide server)
    {
        ModelSide[] both = [client, server];
        foreach (ModelSide side in both)
        {
            IOException last = new($"the end of {side}");
            side._planted.Add(last);
        }

        foreach (ModelSide side in both)
        {
            side.Connection.Abort(side._planted[^1]);
            if (side._read is not null) await side.NoteReadAsync(variant: 4);
            if (side._flush is not null) await side.EndedFlushAsync();
        }

        foreach (ModelSide side in both) await side.LookAtTheEndAsync();
    }

    /// <summary>Completion, its reason, and both ends agree.</summary>
    private async Task LookAtTheEndAsync()
    {
        await Connection.DisposeAsync().Guarded();
        if (_dispose is not null) await _dispose.Guarded();
        if (await Thrown.ByAsync(() => Connection.Completion.Guarded()) is not { } error)
        {
            Connection.CloseReason.Should().BeOneOf(CloseReason.LocalClose, CloseReason.RemoteClose);
            return;
        }

        Meet(error);
        if (_drain is not null && await Thrown.ByAsync(() => _drain.Guarded()) is { } ofDrain) Meet(ofDrain);
        bool isFromStream = !_planted.Contains(error) || error.Message.StartsWith("Break", StringComparison.Ordinal);
        if (isFromStream) Connection.CloseReason.Should().BeOneOf(CloseReason.ReadFault, CloseReason.WriteFault);
        else Connection.CloseReason.Should().Be(CloseReason.Aborted);
    }
}
