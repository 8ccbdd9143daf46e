// Ten digits and one back.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Controls

GridLayout {
    id: pad

    signal typed(string digit)
    signal erased

    columns: 3
    columnSpacing: Theme.px(16)
    rowSpacing: Theme.px(16)
    uniformCellWidths: true
    uniformCellHeights: true

    Repeater {
        model: ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"]

        KeyButton {
            required property string modelData

            objectName: "pin-" + modelData
            Layout.fillWidth: true
            Layout.fillHeight: true
            Layout.column: modelData === "0" ? 1 : (Number(modelData) - 1) % 3
            Layout.row: modelData === "0" ? 3 : Math.floor((Number(modelData) - 1) / 3)
            fontSize: Theme.px(60)
            text: modelData
            onClicked: pad.typed(modelData)
        }
    }
    KeyButton {
        objectName: "pin-erase"
        Layout.fillWidth: true
        Layout.fillHeight: true
        Layout.column: 2
        Layout.row: 3
        tinted: true
        iconName: "backspace"
        fontSize: Theme.px(60)
        text: qsTr("删除")
        onClicked: pad.erased()
    }
}
