// Pinyin, letters, digits and marks on keys of our own; nothing of what is typed outlives its question.
pragma ComponentBehavior: Bound

import QtQuick
import Controls
import KioskUi

Item {
    id: keyboard

    required property KeyboardModel typing
    property bool marks: false
    readonly property real gap: Theme.px(8)
    readonly property real keyWidth: (width - 9 * gap) / 10
    readonly property real keyHeight: (height - bar.height - 4 * gap) / 4
    readonly property var lines: marks ? ["1234567890", "-/.,:@#()、", "·?!_+&*"] : ["qwertyuiop", "asdfghjkl", "zxcvbnm"]
    readonly property bool capital: typing.chinese || typing.capital

    function press(key: string) {
        if (marks)
            typing.mark(key);
        else
            typing.letter(key);
    }

    CandidatesBar {
        id: bar
        width: parent.width
        typing: keyboard.typing
    }
    KeyLine {
        id: first
        anchors.top: bar.bottom
        anchors.topMargin: keyboard.gap
        anchors.horizontalCenter: parent.horizontalCenter
        spacing: keyboard.gap
        keys: keyboard.lines[0].split("")
        capital: keyboard.capital
        keyWidth: keyboard.keyWidth
        keyHeight: keyboard.keyHeight
        onTouched: key => keyboard.press(key)
    }
    KeyLine {
        id: second
        anchors.top: first.bottom
        anchors.topMargin: keyboard.gap
        anchors.horizontalCenter: parent.horizontalCenter
        spacing: keyboard.gap
        keys: keyboard.lines[1].split("")
        capital: keyboard.capital
        keyWidth: keyboard.keyWidth
        keyHeight: keyboard.keyHeight
        onTouched: key => keyboard.press(key)
    }
    Row {
        id: third
        anchors.top: second.bottom
        anchors.topMargin: keyboard.gap
        spacing: keyboard.gap

        KeyButton {
            objectName: "key-shift"
            width: keyboard.keyWidth * 1.5 + keyboard.gap / 2
            height: keyboard.keyHeight
            tinted: true
            fontSize: Theme.px(Theme.large ? 40 : 34)
            iconName: keyboard.typing.chinese || keyboard.marks ? "" : "shift"
            text: keyboard.marks ? qsTr("清空") : keyboard.typing.chinese ? qsTr("分词 '") : qsTr("大小写")
            onClicked: keyboard.marks ? keyboard.typing.clear() : keyboard.typing.chinese ? keyboard.typing.letter("'") : keyboard.typing.shift()
        }
        KeyLine {
            spacing: keyboard.gap
            keys: keyboard.lines[2].split("")
            capital: keyboard.capital
            keyWidth: keyboard.keyWidth
            keyHeight: keyboard.keyHeight
            onTouched: key => keyboard.press(key)
        }
        KeyButton {
            objectName: "key-erase"
            width: keyboard.keyWidth * 1.5 + keyboard.gap / 2
            height: keyboard.keyHeight
            tinted: true
            iconName: "backspace"
            fontSize: Theme.px(52)
            text: qsTr("删除")
            onClicked: keyboard.typing.erase()
        }
    }
    Row {
        anchors.top: third.bottom
        anchors.topMargin: keyboard.gap
        spacing: keyboard.gap

        component Wide: KeyButton {
            property real keys: 1.5

            width: keyboard.keyWidth * keys + keyboard.gap * (keys - 1)
            height: keyboard.keyHeight
            tinted: true
            fontSize: Theme.px(Theme.large ? 42 : 36)
        }

        Wide {
            objectName: "key-marks"
            text: keyboard.marks ? (keyboard.typing.chinese ? qsTr("拼音") : "ABC") : "123,#"
            onClicked: keyboard.marks = !keyboard.marks
        }
        Wide {
            objectName: "key-language"
            enabled: !keyboard.typing.pinyinMissing
            text: keyboard.typing.chinese ? "中 / 英" : "英 / 中"
            onClicked: keyboard.typing.switchLanguage()
        }
        Wide {
            objectName: "key-space"
            keys: 4.5
            tinted: false
            text: keyboard.typing.letters !== "" ? qsTr("选第一个") : qsTr("空格")
            onClicked: keyboard.typing.space()
        }
        Wide {
            objectName: "key-done"
            keys: 2.5
            text: qsTr("下一项")
            onClicked: keyboard.typing.done()
        }
    }
}
