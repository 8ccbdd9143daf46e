// Letters in the order of a keyboard, with digits on request of the eye: for pinyin and initials.
pragma ComponentBehavior: Bound

import QtQuick
import Controls

Item {
    id: pad

    signal typed(string text)
    signal erased
    signal cleared

    readonly property list<string> lines: ["QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM"]
    readonly property real gap: Theme.px(10)
    readonly property real keyWidth: (width - 9 * gap) / 10
    readonly property real keyHeight: (height - 3 * gap) / 4

    Column {
        anchors.fill: parent
        spacing: pad.gap

        Repeater {
            model: pad.lines

            Row {
                id: line

                required property string modelData

                anchors.horizontalCenter: parent?.horizontalCenter
                spacing: pad.gap

                Repeater {
                    model: line.modelData.split("")

                    KeyButton {
                        required property string modelData

                        objectName: "key-" + modelData
                        width: pad.keyWidth
                        height: pad.keyHeight
                        text: modelData
                        onClicked: pad.typed(sends)
                    }
                }
            }
        }
        Row {
            width: parent.width
            spacing: pad.gap

            KeyButton {
                objectName: "key-clear"
                width: (pad.width - pad.gap) / 2
                height: pad.keyHeight
                tinted: true
                fontSize: Theme.lead
                text: qsTr("清空")
                onClicked: pad.cleared()
            }
            KeyButton {
                objectName: "key-erase"
                width: (pad.width - pad.gap) / 2
                height: pad.keyHeight
                tinted: true
                iconName: "backspace"
                text: qsTr("删除")
                onClicked: pad.erased()
            }
        }
    }
}
