namespace StreamPipes.Tests.Faults;

/// <summary>Of two streams the input is let go by itself, at its end: a dispose that throws is told by Completion, and by nothing else.</summary>
public sealed class InputDisposeFaultTests
{
    private readonly IOException _fault = new("the input cannot be disposed");
    private readonly ScriptedStream _input = new();
    private readonly ScriptedStream _output = new();
    private readonly PipeConnection _connection;

    public InputDisposeFaultTests() => _connection = StreamConnection.Create(_input.Fail(StreamOperation.Dispose, _fault), _output);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Output_continues_after_the_dispose_of_the_input_stream_has_failed(bool isAtTheEnd)
    {
        if (!isAtTheEnd) await _connection.Input.CompleteAsync().Guarded();
        _ = _input.Eof();
        await _input.Disposed.Guarded();

        await _connection.Output.WriteAsync("later"u8.ToArray()).Guarded();
        await _connection.Output.CompleteAsync().Guarded();

        (await Thrown.ByAsync(() => _connection.Completion.Guarded())).Should().BeSameAs(_fault);
        _connection.CloseReason.Should().Be(isAtTheEnd ? CloseReason.RemoteClose : CloseReason.LocalClose);
        _output.Written.Should().Equal("later"u8.ToArray());
        await _connection.DisposeAsync().Guarded();
    }
}
