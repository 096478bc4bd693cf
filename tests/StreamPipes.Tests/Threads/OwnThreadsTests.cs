using System.Collections.Concurrent;

namespace StreamPipes.Tests.Threads;

/// <summary><see cref="PumpScheduling.DedicatedThreads"/>: which thread calls what of the stream.</summary>
public sealed class OwnThreadsTests
{
    [Fact]
    public async Task Every_read_is_on_the_one_thread_and_every_write_and_flush_on_the_other()
    {
        ThreadRecorder stream = new(new ScriptedStream().Read("some").Read("more").Eof());
        PipeConnection connection = StreamConnection.Create(stream, new PipeConnectionOptions { Scheduling = PumpScheduling.DedicatedThreads });
        for (int i = 0; i < 3; i++) await connection.Output.WriteAsync("bytes"u8.ToArray()).Guarded();
        (await connection.Input.TakeAllAsync()).Should().HaveCount(8);
        await connection.Output.CompleteAsync().Guarded();
        await connection.Completion.Guarded();

        stream.Readers.Should().NotBeEmpty().And.OnlyContain(name => name == "StreamPipes receive");
        stream.Writers.Should().NotBeEmpty().And.OnlyContain(name => name == "StreamPipes send");
        stream.Flushers.Should().NotBeEmpty().And.OnlyContain(name => name == "StreamPipes send");
    }

    /// <summary>Notes the names of the threads that call its blocking methods; nobody is to call the others.</summary>
    private sealed class ThreadRecorder(Stream inner) : WrappingStream(inner)
    {
        public ConcurrentQueue<string?> Readers { get; } = new();

        public ConcurrentQueue<string?> Writers { get; } = new();

        public ConcurrentQueue<string?> Flushers { get; } = new();

        public override int Read(byte[] buffer, int offset, int count)
        {
            Readers.Enqueue(Thread.CurrentThread.Name);
            return Inner.Read(buffer, offset, count);
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Readers.Enqueue("an asynchronous read");
            return base.ReadAsync(buffer, cancellationToken);
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
            Writers.Enqueue(Thread.CurrentThread.Name);
            Inner.Write(buffer, offset, count);
        }

        public override void Write(ReadOnlySpan<byte> buffer) => Write(buffer.ToArray(), 0, buffer.Length);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Writers.Enqueue("an asynchronous write");
            return base.WriteAsync(buffer, cancellationToken);
        }

        public override void Flush()
        {
            Flushers.Enqueue(Thread.CurrentThread.Name);
            Inner.Flush();
        }

        public override Task FlushAsync(CancellationToken cancellationToken)
        {
            Flushers.Enqueue("an asynchronous flush");
            return base.FlushAsync(cancellationToken);
        }
    }
}
