using System.Text;

namespace StreamPipes.Tests.Testing;

/// <summary>One output of a program, gathered as it comes, with waits for a text in it.</summary>
internal sealed class ProcessOutput
{
    private readonly StringBuilder _text = new();
    private readonly List<(string Text, TaskCompletionSource<bool> Seen)> _waits = [];
    private bool _isOver;

    public string Text
    {
        get
        {
            lock (_text) return _text.ToString();
        }
    }

    public async Task ReadAsync(StreamReader reader)
    {
        char[] buffer = new char[4096];
        int count;
        do
        {
            count = await reader.ReadAsync(buffer);
            Add(buffer.AsSpan(0, count), isOver: count == 0);
        }
        while (count > 0);
    }

    public Task<bool> WaitForAsync(string text)
    {
        lock (_text)
        {
            TaskCompletionSource<bool> seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waits.Add((text, seen));
            Settle();
            return seen.Task;
        }
    }

    private void Add(ReadOnlySpan<char> text, bool isOver)
    {
        lock (_text)
        {
            _text.Append(text);
            _isOver = isOver;
            Settle();
        }
    }

    private void Settle()
    {
        string text = _text.ToString();
        foreach ((string wanted, TaskCompletionSource<bool> seen) in _waits)
        {
            if (text.Contains(wanted, StringComparison.Ordinal)) seen.TrySetResult(true);
            else if (_isOver) seen.TrySetResult(false);
        }

        _waits.RemoveAll(wait => wait.Seen.Task.IsCompleted);
    }
}
