namespace StreamPipes.Tests.Model;

/// <summary>One end of a program: the connection, and what the reference model knows of it.</summary>
internal sealed partial class ModelSide(string name, int content, PipeConnection connection, RandomChunksStream? stream)
{
    private readonly List<Exception> _planted = [];
    private readonly int _content = content;

    public PipeConnection Connection { get; } = connection;

    public ModelSide Peer { get; set; } = null!;

    /// <summary>Whether something has been broken or aborted here: from then on not every byte need arrive, but none may be wrong.</summary>
    public bool IsTroubled => _planted.Count > 0;

    private bool IsAnyoneTroubled => IsTroubled || Peer.IsTroubled || SpeaksToNobody || Peer.SpeaksToNobody;

    /// <summary>Whether bytes go to a peer that may be gone already, which is an error of the carrier's.</summary>
    private bool SpeaksToNobody => Peer.IsClosed && _written > 0;

    private bool IsClosed => _inputCompleted && _outputCompleted;

    /// <summary>The one error of this end, once somebody has met it.</summary>
    private Exception? Error { get; set; }

    public override string ToString() => name;

    public async Task TakeAsync(Step step)
    {
        switch (step.Kind)
        {
            case StepKind.Put or StepKind.Write or StepKind.Flush or StepKind.FlushPrecancelled:
                await SendAsync(step);
                break;
            case StepKind.Read or StepKind.ReadAtLeast or StepKind.ReadWithToken:
                await ReadAsync(step);
                break;
            case StepKind.TryRead:
                TryRead(step);
                break;
            case StepKind.CancelPendingRead:
                await CancelPendingReadAsync();
                break;
            case StepKind.CancelPendingFlush:
                await CancelPendingFlushAsync();
                break;
            case StepKind.CompleteOutput:
                CompleteOutput();
                break;
            case StepKind.CompleteInput:
                CompleteInput();
                break;
            case StepKind.DisposeAsync:
                Dispose();
                break;
            default:
                MakeTrouble(step.Kind);
                break;
        }
    }

    private void MakeTrouble(StepKind kind)
    {
        IOException reason = new($"{kind} of {name}");
        switch (kind)
        {
            case StepKind.BreakReads when stream is not null:
                _planted.Add(reason);
                stream.BreakReads(reason);
                break;
            case StepKind.BreakWrites when stream is not null:
                _planted.Add(reason);
                stream.BreakWrites(reason);
                break;
            case StepKind.Abort:
                _planted.Add(reason);
                Connection.Abort(reason);
                break;
            case StepKind.CompleteOutputWithError when !_outputCompleted:
                _planted.Add(reason);
                _outputCompleted = true;
                Connection.Output.Complete(reason);
                break;
        }
    }

    /// <summary>There is one error object for both ends and Completion, and it is one that was planted here, or comes of the peer's trouble.</summary>
    private void Meet(Exception thrown)
    {
        if (thrown is InvalidOperationException && (_isDisposed || _inputCompleted || _outputCompleted)) return;
        Error ??= thrown;
        thrown.Should().BeSameAs(Error, "an error is one object everywhere at {0}", this);
        bool isLegitimate = _planted.Contains(thrown) || ((Peer.IsTroubled || Peer.IsClosed) && thrown is IOException or System.Net.Sockets.SocketException);
        isLegitimate.Should().BeTrue("nothing gave {0} a reason for {1}", this, thrown);
    }
}
